using Microsoft.Data.Sqlite;

namespace Kcl.LocalKinesis.Storage;

/// <summary>Translates errors of the data file into exceptions whose messages contain the remedy.</summary>
/// <param name="path">The path of the file.</param>
internal sealed class DataFileErrors(string path)
{
    // The result codes of SQLite: https://sqlite.org/rescode.html.
    private const int Busy = 5;
    private const int Locked = 6;
    private const int Corrupt = 11;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    /// <summary>Runs an action on the file.</summary>
    /// <exception cref="InvalidStateException">The file cannot be used. The message contains the reason and the remedy.</exception>
    public T Translate<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SqliteException fault)
        {
            var file = $"The data file {path} of the embedded Kinesis server";
            throw new InvalidStateException(
                fault.SqliteErrorCode switch
                {
                    Busy or Locked => $"{file} is in use by another server. Stop that server, or specify another data directory.",
                    Corrupt or NotADatabase => Damaged(fault.Message),
                    CannotOpen => $"{file} cannot be opened: {fault.Message}. Specify a folder that the server can write to.",
                    _ => $"{file} cannot be used: {fault.Message}.",
                },
                fault);
        }
        catch (Exception fault) when (fault is FormatException or InvalidCastException)
        {
            throw new InvalidStateException(Damaged(fault.Message), fault);
        }
    }

    private string Damaged(string what) =>
        $"The data file {path} of the embedded Kinesis server cannot be read completely: {what.TrimEnd('.')}. No record was removed "
        + "from it, and the server does not start with a part of the data. Keep the file: copy the whole folder before you try anything. "
        + "Then restore an earlier copy of the folder, or specify another data directory to continue without this data, or recover what is "
        + "readable with SQLite's own program (sqlite3 kinesis.db .recover). If neither the disk nor another program damaged the file, "
        + "this is a fault of the server: please report it with this message.";
}
