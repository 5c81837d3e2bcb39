namespace Kcl.LocalKinesis.Errors;

/// <summary>
/// Creates every error that the server returns, with the service's types and messages. The messages of instance members contain the
/// account.
/// </summary>
/// <param name="account">The account's id.</param>
/// <param name="region">The region.</param>
internal sealed class ServiceErrors(string account, string region)
{
    /// <summary>The error type of the service's front end for requests that it cannot parse.</summary>
    public const string SerializationType = "SerializationException";

    // The request: envelope, encoding, and constraints of the service's model.

    public static ServiceErrorException NoOperation() => UnknownOperationError(
        "This is an embedded Kinesis server: it handles POST requests with an X-Amz-Target header, as a Kinesis client sends them.");

    public static ServiceErrorException UnknownOperation(string target) =>
        UnknownOperationError($"The operation {target} is unknown to this server.");

    public static ServiceErrorException UnknownContentType(string contentType, string json, string cbor) =>
        UnknownOperationError($"The content type '{contentType}' is neither {json} nor {cbor}.");

    public static ServiceErrorException RequestTooLarge(int maxBytes) =>
        new("RequestEntityTooLargeException", $"The request is larger than {maxBytes / 1024 / 1024} MiB.", 413);

    public static ServiceErrorException BadRequest(string reason, int status) => new(SerializationType, reason, status);

    public static ServiceErrorException InternalFailure(string reason) =>
        new("InternalFailureException", $"The embedded server failed: {reason}", 500);

    public static ServiceErrorException UnreadableBody(string reason) => Serialization($"The request body cannot be read: {reason}");

    public static ServiceErrorException BodyIsNotStructure() => Serialization("The request body is not a structure.");

    public static ServiceErrorException WrongKind(string found, string expected) =>
        Serialization($"{found} can not be converted to a {expected}");

    public static ServiceErrorException TimestampOutOfRange() =>
        Serialization("A timestamp lies outside the years that can be represented.");

    public static ServiceErrorException InvalidBase64() => Serialization("A blob is not valid base64.");

    public static ServiceErrorException ConstraintsViolated(IReadOnlyCollection<string> violations)
    {
        var plural = violations.Count == 1 ? "" : "s";
        return new(
            "ValidationException",
            $"{violations.Count} validation error{plural} detected: {string.Join("; ", violations)}");
    }

    // Page tokens.

    public static ServiceErrorException InvalidNextToken() => InvalidArgument("NextToken is invalid.");

    public static ServiceErrorException ExpiredNextToken() =>
        new("ExpiredNextTokenException", "NextToken has expired: it is valid for 300 seconds.");

    public ServiceErrorException NextTokenStreamNotFound() =>
        NotFound($"The stream that NextToken was given for, under account {account}, not found.");

    // The stream of a request, and its status.

    public static ServiceErrorException StreamRequired() => InvalidArgument("Either StreamName or StreamARN should be provided.");

    public static ServiceErrorException StreamNameAndArnDiffer(string name, string arn) =>
        InvalidArgument($"StreamName {name} and StreamARN {arn} do not name the same stream.");

    public static ServiceErrorException NotStreamArn(string arn) => InvalidArgument($"ResourceARN {arn} is not the ARN of a stream.");

    public ServiceErrorException StreamNotFound(string stream) => NotFound($"Stream {stream} under account {account} not found.");

    public ServiceErrorException StreamNotActive(string stream, string status) =>
        InUse($"Stream {stream} under account {account} not ACTIVE, instead in state {status}");

    // Creating, deleting and changing streams.

    public ServiceErrorException StreamExists(string stream) => InUse($"Stream {stream} under account {account} already exists.");

    public ServiceErrorException TooManyStreamsBeingCreated(int max) =>
        LimitExceeded($"Only {max} streams can be concurrently created. Limit exceeded for account {account}.");

    public ServiceErrorException ShardLimitExceeded(int open, int limit, int additional) => LimitExceeded(
        $"This request would exceed the shard limit for the account {account} in {region}. "
        + $"Current shard count for the account: {open}. Limit: {limit}. "
        + $"Number of additional shards that would have resulted from this request: {additional}.");

    public static ServiceErrorException ShardCountNotAllowed() =>
        InvalidArgument("ShardCount cannot be specified for a stream whose mode is ON_DEMAND.");

    public static ServiceErrorException ShardCountRequired() =>
        InvalidArgument("ShardCount must be specified for a stream whose mode is PROVISIONED.");

    public static ServiceErrorException AutoDistributionNeedsOnDemand(string stream) => InvalidArgument(
        $"RecordDistributionStrategy=AUTO is only supported for on-demand streams. Stream {stream} is using PROVISIONED mode.");

    public ServiceErrorException StreamIsBeingDeleted(string stream) =>
        InUse($"Stream {stream} under account {account} is being deleted already.");

    public ServiceErrorException StreamHasConsumers(string stream) => InUse(
        $"Stream {stream} under account {account} has consumers registered, and EnforceConsumerDeletion was not set to true.");

    public static ServiceErrorException RetentionTooShort(int hours, int min) => InvalidArgument(
        $"Minimum allowed retention period is {min} hours. Requested retention period ({hours} hours) is too short.");

    public static ServiceErrorException RetentionTooLong(int hours, int max) => InvalidArgument(
        $"Maximum allowed retention period is {max} hours. Requested retention period ({hours} hours) is too long.");

    public static ServiceErrorException RetentionIsNoIncrease(string stream, int hours, int current) => InvalidArgument(
        $"Requested retention period ({hours} hours) for stream {stream} can not be shorter than existing retention period "
        + $"({current} hours). Use DecreaseRetentionPeriod API.");

    public static ServiceErrorException RetentionIsNoDecrease(string stream, int hours, int current) => InvalidArgument(
        $"Requested retention period ({hours} hours) for stream {stream} can not be longer than existing retention period "
        + $"({current} hours). Use IncreaseRetentionPeriod API.");

    public static ServiceErrorException EncryptionTypeMustBeKms() => InvalidArgument("EncryptionType must be KMS.");

    public static ServiceErrorException TooManyTagsGiven(int max) =>
        InvalidArgument($"Failed to add tags to stream: a stream can have at most {max} tags.");

    public ServiceErrorException TooManyTags(string stream, int max) => InvalidArgument(
        $"Failed to add tags to stream {stream} under account {account} because a given stream cannot have more "
        + $"than {max} tags associated with it.");

    // Listing and changing shards.

    public static ServiceErrorException NotShardId(string shardId) => InvalidArgument($"{shardId} is not the id of a shard.");

    public static ServiceErrorException NotStartShardId(string shardId) =>
        InvalidArgument($"ExclusiveStartShardId {shardId} is not the id of a shard.");

    public ServiceErrorException ShardNotFound(string shardId, string stream) =>
        NotFound($"Could not find shard {shardId} in stream {stream} under account {account}.");

    public static ServiceErrorException NextTokenExcludesOthers() => InvalidArgument(
        "NextToken and StreamName, StreamARN, ExclusiveStartShardId, StreamCreationTimestamp or ShardFilter cannot be provided together.");

    public static ServiceErrorException NextTokenOrStreamRequired() =>
        InvalidArgument("Either NextToken or StreamName should be provided.");

    public static ServiceErrorException StartShardExcludesFilter() =>
        InvalidArgument("ExclusiveStartShardId and ShardFilter cannot be provided together.");

    public static ServiceErrorException FilterTimestamp(string? type, bool required) => InvalidArgument(
        $"A Timestamp parameter {(required ? "must" : "must not")} be specified for a ShardFilter with type {type}.");

    public static ServiceErrorException FilterShardId(string? type, bool required) => InvalidArgument(
        $"A ShardId parameter {(required ? "must" : "must not")} be specified for a ShardFilter with type {type}.");

    public ServiceErrorException ShardIsClosed(string shardId, string stream) => InUse(
        $"Shard {shardId} in stream {stream} under account {account} has already been merged or split, and thus is not "
        + "eligible for merging or splitting.");

    public ServiceErrorException InvalidSplitKey(string? key, string? shardId, string stream, UInt128 start, UInt128 end) =>
        InvalidArgument(
            $"NewStartingHashKey {key} used in SplitShard() on shard {shardId} in stream {stream} under account {account} is not both "
            + $"greater than one plus the shard's StartingHashKey {start} and less than the shard's EndingHashKey {end}.");

    public ServiceErrorException ShardsNotAdjacent(string? shardId, string? adjacentId, string stream) => InvalidArgument(
        $"Shards {shardId} and {adjacentId} in stream {stream} under account {account} are not an adjacent pair of "
        + "shards eligible for merging");

    public static ServiceErrorException ScaledAboveMax(int target, int max) =>
        InvalidArgument($"UpdateShardCount cannot scale up to more than {max} shards. Target shard count: {target}");

    public static ServiceErrorException ScaledAboveDouble(int target, int current) => InvalidArgument(
        "UpdateShardCount cannot scale up over double your current open shard count. "
        + $"Current open shard count: {current} Target shard count: {target}");

    public static ServiceErrorException ScaledBelowHalf(int target, int current) => InvalidArgument(
        "UpdateShardCount cannot scale down below half your current open shard count. "
        + $"Current open shard count: {current} Target shard count: {target}");

    // Writing records.

    public static ServiceErrorException InvalidExplicitHashKey(string key) => InvalidArgument(
        $"Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {key}");

    public static ServiceErrorException RecordTooLarge(string stream, int bytes, int maxKiB) => InvalidArgument(
        $"Record of {bytes} bytes (data and partition key) exceeds the limit of {maxKiB} KiB per record of stream {stream}");

    public static ServiceErrorException RecordsTooLarge(long maxBytes) =>
        InvalidArgument($"Records size exceeds {maxBytes / 1024 / 1024} MB limit");

    public ServiceErrorException OrderingWithAutoDistribution(string stream) => InvalidArgument(
        $"SequenceNumberForOrdering must not be specified for stream {stream} under account {account}, "
        + "whose RecordDistributionStrategy is AUTO.");

    public ServiceErrorException InvalidOrdering(string number, string stream) => InvalidArgument(
        $"ExclusiveMinimumSequenceNumber {number} used in PutRecord on stream {stream} under account {account} is invalid because it "
        + "did not come from this stream.");

    public ServiceErrorException ThroughputExceeded(string shardId, string stream) => new(
        "ProvisionedThroughputExceededException",
        $"Rate exceeded for shard {shardId} in stream {stream} under account {account}.");

    // Reading records.

    public ServiceErrorException ReadShardNotFound(string shardId, string stream) =>
        NotFound($"Shard {shardId} in stream {stream} under account {account} does not exist");

    public static ServiceErrorException InvalidIterator() => InvalidArgument("Invalid ShardIterator.");

    public static ServiceErrorException ExpiredIterator(string issued, string now, long lifetimeMilliseconds) => new(
        "ExpiredIteratorException",
        $"Iterator expired. The iterator was created at time {issued} while right now it is {now} which is further in the future than the "
        + $"tolerated delay of {lifetimeMilliseconds} milliseconds.");

    public ServiceErrorException IteratorStreamNotFound() =>
        NotFound($"The stream that the ShardIterator was given for, under account {account}, not found.");

    public ServiceErrorException StartRequires(string member, string operation, string shardId, string stream, string type) =>
        InvalidArgument(
            $"Must specify the {member} parameter for {operation} on shard {shardId} in stream {stream} under account "
            + $"{account} with type {type}.");

    public static ServiceErrorException StartInFuture(long timestamp, long now) => InvalidArgument(
        "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
        + $"timestampInMillis: {timestamp}, currentTimestampInMillis: {now}");

    public ServiceErrorException InvalidStart(string member, string number, string operation, string shardId, string stream, string why) =>
        InvalidArgument($"{member} {number} used in {operation} on shard {shardId} in stream {stream} under account {account} {why}");

    // Consumers and subscriptions.

    public static ServiceErrorException ConsumerRequired() =>
        InvalidArgument("Either ConsumerARN or StreamARN and ConsumerName should be provided.");

    public static ServiceErrorException ConsumerNamesDiffer() =>
        InvalidArgument("StreamARN, ConsumerName and ConsumerARN do not name the same consumer.");

    public static ServiceErrorException NotConsumerArn(string arn) => InvalidArgument($"{arn} is not the ARN of a consumer.");

    public ServiceErrorException ConsumerNotFound(string consumer, string stream) =>
        NotFound($"Consumer {consumer} of stream {stream} under account {account} not found.");

    public ServiceErrorException ConsumerExists(string? consumer, string stream) =>
        InUse($"Consumer {consumer} under stream {stream} already exists for account {account}.");

    public ServiceErrorException TooManyConsumers(string stream, int max) => LimitExceeded(
        $"Stream {stream} under account {account} already has {max} consumers registered, which is the limit.");

    public ServiceErrorException TooManyConsumersBeingCreated(string stream, int max) => LimitExceeded(
        $"Only {max} consumers of stream {stream} under account {account} can be created at the same time.");

    public static ServiceErrorException ConsumerNotActive(string? arn, string status) =>
        InUse($"Consumer {arn} is not ACTIVE, instead in state {status}");

    public static ServiceErrorException SubscriptionExists(string? arn, string? shardId, TimeSpan takeoverDelay) => InUse(
        $"Another active subscription exists for this consumer: {arn} and shard {shardId}. "
        + $"It can be taken over {takeoverDelay.TotalSeconds:0.###} seconds after it began.");

    public static ServiceErrorException SubscriptionTakenOver() => InUse("Another subscription of this consumer took over the shard.");

    private static ServiceErrorException InvalidArgument(string message) => new("InvalidArgumentException", message);

    private static ServiceErrorException Serialization(string message) => new(SerializationType, message);

    private static ServiceErrorException NotFound(string message) => new("ResourceNotFoundException", message);

    private static ServiceErrorException InUse(string message) => new("ResourceInUseException", message);

    private static ServiceErrorException LimitExceeded(string message) => new("LimitExceededException", message);

    private static ServiceErrorException UnknownOperationError(string message) => new("UnknownOperationException", message);
}
