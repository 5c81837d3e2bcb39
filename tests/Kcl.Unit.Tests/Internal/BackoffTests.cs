using CsCheck;
using Kcl.Internal;

namespace Kcl.Unit.Tests.Internal;

public class BackoffTests
{
    [Fact]
    public void A_rest_lies_between_the_floor_and_the_doubled_first_up_to_the_cap() =>
        Gen.Select(
            Gen.Int[-3, 1000],
            Gen.Double[0, 1],
            Gen.Int[1, 1000],
            Gen.Int[1, 100_000],
            Gen.Int[0, 2000]).Sample((failures, jitter, first, cap, floor) =>
        {
            var rest = Backoff.Compute(
                TimeSpan.FromMilliseconds(first),
                TimeSpan.FromMilliseconds(cap),
                TimeSpan.FromMilliseconds(floor),
                failures,
                jitter).TotalMilliseconds;
            var longest = Math.Min(cap, first * Math.Pow(2, Math.Clamp(failures, 1, 30) - 1));
            return rest >= Math.Min(floor, longest) - 0.001 && rest <= longest + 0.001;
        });

    [Fact]
    public void The_rest_doubles_with_every_failure()
    {
        var rests = Enumerable.Range(1, 6).Select(
            n => Backoff.Compute(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(8), default, n, 1).TotalSeconds);

        Assert.Equal([0.5, 1, 2, 4, 8, 8], rests);
    }

    [Fact]
    public async Task One_random_source_may_be_shared_between_threads()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), new Chance(new Random(1)));

        var rests = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(
                _ => Task.Run(() => Enumerable.Range(0, 20_000).Select(_ => backoff.After(1)).Distinct().Count())));

        // A Random that several threads use without a lock can return only zeros.
        Assert.All(rests, distinct => Assert.True(distinct > 15_000));
    }
}
