using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace Kcl.Leases.Sqlite;

/// <summary>Holds an open connection and its prepared statements. One call at a time uses it.</summary>
internal sealed partial class SqliteSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    /// <summary>Returns a prepared statement, with a parameter for each parameter name in it.</summary>
    public SqliteCommand Command(string sql)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a constant of LeaseSql or is composed of constants.
            command.CommandText = sql;
#pragma warning restore CA2100
            foreach (var name in ParameterNames().EnumerateMatches(sql))
            {
                var parameter = sql.Substring(name.Index, name.Length);
                if (!command.Parameters.Contains(parameter))
                {
                    command.Parameters.AddWithValue(parameter, DBNull.Value);
                }
            }

            command.Prepare();
            _commands.Add(sql, command);
        }

        return command;
    }

    /// <summary>Executes a statement without parameters.</summary>
    public void Execute(string sql) => Command(sql).ExecuteNonQuery();

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    [GeneratedRegex("@[a-z_]+")]
    private static partial Regex ParameterNames();
}
