// Runs as a child of a multi-language daemon, either kcl or Amazon's. In its properties file: executableName = dotnet WordCounter.dll
using Kcl;
using WordCounter;

return await KclProcess.RunAsync(new WordCounterFactory());
