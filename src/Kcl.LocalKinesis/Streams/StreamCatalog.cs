using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Kcl.LocalKinesis.Records;
using Kcl.LocalKinesis.Storage;
using Kcl.LocalKinesis.Wire;

namespace Kcl.LocalKinesis.Streams;

/// <summary>Which streams there are.</summary>
internal sealed partial class StreamCatalog
{
    private readonly ConcurrentDictionary<string, LiveStream> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, LiveStream> _byGeneration = [];
    private readonly Lock _lock = new();
    private readonly LocalKinesisOptions _options;
    private long _lastGeneration;

    public StreamCatalog(LocalKinesisOptions options, ServerClock clock, IServerStore store, CancellationToken stopping)
    {
        (_options, Clock, Store, Stopping) = (options, clock, store, stopping);
        Signer = new TokenSigner(store.SigningKey);
        Load();
    }

    public LocalKinesisOptions Options => _options;

    public ServerClock Clock { get; }

    public IServerStore Store { get; }

    public TokenSigner Signer { get; }

    /// <summary>Cancelled when the server stops.</summary>
    public CancellationToken Stopping { get; }

    public long ChangeDelay => (long)_options.StateChangeDelay.TotalMilliseconds;

    public string Account => _options.AccountId;

    /// <summary>Every stream there is now, by name.</summary>
    public IEnumerable<(LiveStream Entry, StreamModel Model)> All(long now)
    {
        foreach (var entry in _byName.Values.OrderBy(entry => entry.Written.Name, StringComparer.Ordinal))
        {
            if (Current(entry, now) is { } model)
            {
                yield return (entry, model);
            }
        }
    }

    public string ArnOf(StreamModel stream) => $"arn:aws:kinesis:{_options.Region}:{_options.AccountId}:stream/{stream.Name}";

    /// <summary>The stream of a name.</summary>
    /// <exception cref="ServiceException">There is none.</exception>
    public (LiveStream Entry, StreamModel Model) Get(string name, long now) =>
        _byName.TryGetValue(name, out var entry) && Current(entry, now) is { } model ? (entry, model) : throw NotFound(name);

    /// <summary>The stream an iterator or token was given for.</summary>
    public (LiveStream Entry, StreamModel Model)? Find(long generation, long now)
    {
        return _byGeneration.TryGetValue(generation, out var entry) && Current(entry, now) is { } model ? (entry, model) : null;
    }

    public ServiceException NotFound(string name) => ServiceException.NotFound($"Stream {name} under account {Account} not found.");

    public ServiceException ShardNotFound(string shardId, string stream) => ServiceException.NotFound($"Could not find shard {shardId} in stream {stream} under account {Account}.");

    /// <summary>Reads which stream a request is about: <c>StreamName</c>, <c>StreamARN</c>, or both if they agree.</summary>
    public static string? NameIn(Parameters parameters)
    {
        var name = parameters.Name("StreamName");
        var arn = parameters.Text("StreamARN", false, 1, 2048);
        if (arn is null)
        {
            return name;
        }

        if (NameOf(arn) is not { } named)
        {
            parameters.Violation(arn, "streamARN", "Member must satisfy regular expression pattern: arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+");
            return name;
        }

        return name is null || name == named ? named : throw ServiceException.InvalidArgument($"StreamName {name} and StreamARN {arn} do not name the same stream.");
    }

    /// <summary>The stream a request is about, once everything else in it has been read.</summary>
    public (LiveStream Entry, StreamModel Model) Require(Parameters parameters, string? name, long now)
    {
        parameters.ThrowIfInvalid();
        return name is null ? throw ServiceException.InvalidArgument("Either StreamName or StreamARN should be provided.") : Get(name, now);
    }

    /// <summary>The name in a stream's ARN; null if it is none. Account and region are not looked at: there is one of each here.</summary>
    public static string? NameOf(string arn) => StreamArnPattern().Match(arn) is { Success: true } match && match.Groups[1].Value is { Length: <= 128 } name && Parameters.IsName(name) ? name : null;

    /// <summary>Adds a stream and waits until it would survive.</summary>
    /// <exception cref="ServiceException">There is one of that name, or no room.</exception>
    public Task CreateAsync(string name, long now, Func<long, StreamModel> create)
    {
        lock (_lock)
        {
            var all = All(now).ToArray();
            if (all.Any(stream => stream.Model.Name == name))
            {
                throw ServiceException.InUse($"Stream {name} under account {Account} already exists.");
            }

            if (all.Count(stream => stream.Model.Status == "CREATING") >= 5)
            {
                throw ServiceException.LimitExceeded($"Only 5 streams can be concurrently created. Limit exceeded for account {Account}.");
            }

            // Larger than any before, whether or not that one still exists, as long as the clock goes on.
            _lastGeneration = Math.Max(_lastGeneration + 1, now);
            var model = create(_lastGeneration);
            RequireRoom(all.Sum(stream => stream.Model.OpenShardCount), model.OpenShardCount);

            // Handed over before anybody can see the stream: it is written down before its records.
            var saved = Store.SaveAsync(model);
            _byName[name] = _byGeneration[model.Generation] = NewEntry(model);
            return saved;
        }
    }

    /// <summary>How many shards are open now, of all streams.</summary>
    public int OpenShards(long now) => All(now).Sum(stream => stream.Model.OpenShardCount);

    /// <summary>Refuses shards beyond the account's limit.</summary>
    /// <param name="open">How many there are.</param>
    /// <param name="additional">How many are wanted besides.</param>
    public void RequireRoom(int open, int additional)
    {
        if (additional > _options.ShardLimit - open)
        {
            throw ServiceException.LimitExceeded(
                $"This request would exceed the shard limit for the account {Account} in {_options.Region}. "
                + $"Current shard count for the account: {open}. Limit: {_options.ShardLimit}. "
                + $"Number of additional shards that would have resulted from this request: {additional}.");
        }
    }

    /// <summary>Changes a stream and waits until the change would survive.</summary>
    public async Task<StreamModel> ChangeAsync(LiveStream entry, long now, Func<StreamModel, StreamModel> change)
    {
        var saved = Task.CompletedTask;
        var model = entry.Change(now, current =>
        {
            // Handed over under the stream's lock: changes are written down in the order they were made.
            var next = change(current);
            saved = Store.SaveAsync(next);
            return next;
        }) ?? throw NotFound(entry.Written.Name);
        await saved.ConfigureAwait(false);
        return model;
    }

    /// <summary>Lets go of what is older than the retention period.</summary>
    /// <returns>The instant before which records are gone.</returns>
    public long Expire(StreamModel model, ShardLog log, long now)
    {
        var horizon = now - model.RetentionMilliseconds;
        if (log.Trim(horizon) is > 0 and var first)
        {
            Store.Trim(model.Generation, log.ShardIndex, first);
        }

        return horizon;
    }

    // First everything is read, then the present state is worked out, then anything may be written: a store is not read and written at
    // the same time.
    private void Load()
    {
        foreach (var model in Store.Streams)
        {
            // A shard that is seen to have ended takes no more records: its children's time has come.
            _ = Clock.NotBefore(model.Shards.Aggregate(model.CreatedAt, (latest, shard) => Math.Max(latest, shard.OpenedAt)));
            var entry = NewEntry(model);
            Store.Load(model.Generation, new StreamLoader(entry, Clock));
            _byName[model.Name] = _byGeneration[model.Generation] = entry;
            _lastGeneration = Math.Max(_lastGeneration, model.Generation);
        }

        Store.Loaded();
        var now = Clock.Now;
        _lastGeneration = Math.Max(_lastGeneration, now);
        foreach (var entry in _byGeneration.Values)
        {
            // A stream may have been deleted, and records may have expired, while the server was stopped.
            if (Current(entry, now) is { } model)
            {
                foreach (var shard in entry.Shards)
                {
                    _ = Expire(model, shard.Log, now);
                }
            }
        }
    }

    private LiveStream NewEntry(StreamModel model) => new(model, Clock, _options.Limits.Factor, Store);

    private StreamModel? Current(LiveStream entry, long now)
    {
        if (entry.Current(now) is { } model)
        {
            return model;
        }

        if (_byGeneration.TryRemove(KeyValuePair.Create(entry.Written.Generation, entry)))
        {
            _ = _byName.TryRemove(KeyValuePair.Create(entry.Written.Name, entry));

            // Nobody waits for it: a stream that was found deleted once is found deleted again.
            _ = Store.DeleteAsync(entry.Written.Generation);
        }

        return null;
    }

    [GeneratedRegex(@"^arn:aws[^:]*:kinesis:[^:]*:\d{12}:stream/([^/\s]+)$")]
    private static partial Regex StreamArnPattern();
}
