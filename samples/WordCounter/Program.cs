// A child of any multi-language daemon, kcl's or Java's: executableName = dotnet WordCounter.dll
using Kcl;
using WordCounter;

return await KclProcess.RunAsync(new WordCounterFactory());
