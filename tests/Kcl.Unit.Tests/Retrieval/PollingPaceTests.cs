using CsCheck;
using Kcl.Retrieval.Polling;

namespace Kcl.Unit.Tests.Retrieval;

public class PollingPaceTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_shard_that_is_behind_is_read_five_times_at_once_and_then_five_times_a_second()
    {
        var (pace, now) = (PollingPace.Start(TimeSpan.Zero), TimeSpan.Zero);
        var pauses = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            (pace, var pause) = pace.AfterRead(now, 100, 100 * 1000, isBehind: true, Idle);
            pauses.Add(Math.Round(pause.TotalMilliseconds));
            now += pause;
        }

        Assert.Equal([0, 0, 0, 0, 200, 200, 200, 200], pauses);
    }

    [Fact]
    public void A_shard_that_is_caught_up_is_read_ever_less_often_up_to_the_idle_time_and_soon_again_after_data()
    {
        var (pace, now) = (PollingPace.Start(TimeSpan.Zero), TimeSpan.Zero);
        var last = TimeSpan.Zero;
        for (var i = 0; i < 40; i++)
        {
            (pace, var pause) = pace.AfterRead(now, 0, 0 * 1000, isBehind: false, Idle);
            Assert.True(pause >= last && pause <= Idle);
            (last, now) = (pause, now + pause);
        }

        Assert.Equal(Idle, last);
        (_, var afterData) = pace.AfterRead(now, 1, 1 * 1000, isBehind: false, Idle);
        Assert.Equal(TimeSpan.FromMilliseconds(200), afterData);
    }

    /// <summary>
    /// Scenario 22 in its adaptive form: without new records the rate decreases; with a backlog it is at the maximum immediately.
    /// </summary>
    [Fact]
    public void Behind_again_means_full_rate_at_once()
    {
        var (pace, now) = (PollingPace.Start(TimeSpan.Zero), TimeSpan.Zero);
        for (var i = 0; i < 40; i++)
        {
            (pace, var pause) = pace.AfterRead(now, 0, 0 * 1000, isBehind: false, Idle);
            now += pause;
        }

        (_, var next) = pace.AfterRead(now, 0, 0 * 1000, isBehind: true, Idle);

        Assert.Equal(TimeSpan.Zero, next);
    }

    [Fact]
    public void S8_Failures_in_a_row_are_spaced_by_at_least_the_idle_time() =>
        Gen.Select(Gen.Double[0, 1].Array[100], Gen.Int[50, 3000]).Sample((jitters, idleMilliseconds) =>
        {
            var idle = TimeSpan.FromMilliseconds(idleMilliseconds);
            var (pace, now) = (PollingPace.Start(TimeSpan.Zero), TimeSpan.Zero);
            foreach (var jitter in jitters)
            {
                (pace, var pause) = pace.AfterFailure(now, jitter, idle);
                if (pause < idle || pause < PollingPace.MinPause || pause > TimeSpan.FromSeconds(10))
                {
                    return false;
                }

                now += pause;
            }

            return pace.Failures == jitters.Length;
        });

    [Fact]
    public void S9_Throttling_backs_off_exponentially_with_jitter_and_one_answer_ends_it()
    {
        var (pace, now) = (PollingPace.Start(TimeSpan.Zero), TimeSpan.Zero);
        var pauses = new List<double>();
        for (var i = 0; i < 6; i++)
        {
            (pace, var pause) = pace.AfterThrottle(now, jitter: 1);
            pauses.Add(pause.TotalMilliseconds);
            now += pause;
        }

        Assert.Equal([500, 1000, 2000, 4000, 5000, 5000], pauses);
        (pace, var after) = pace.AfterRead(now, 100, 100 * 1000, isBehind: true, Idle);
        Assert.Equal(0, pace.Failures);
        Assert.True(after <= Idle);
    }

    [Fact]
    public void S10_An_idle_time_below_the_services_limit_counts_as_the_limit()
    {
        var pace = PollingPace.Start(TimeSpan.Zero);

        var (_, pause) = pace.AfterRead(TimeSpan.Zero, 0, 0 * 1000, isBehind: false, TimeSpan.FromMilliseconds(50));

        Assert.Equal(TimeSpan.FromMilliseconds(200), pause);
    }

    [Fact]
    public void A_refused_iterator_is_replaced_at_once_the_first_time_only()
    {
        var pace = PollingPace.Start(TimeSpan.Zero);

        (pace, var first) = pace.AfterRefusedIterator(TimeSpan.Zero, 0, Idle);
        (_, var second) = pace.AfterRefusedIterator(TimeSpan.Zero, 0, Idle);

        Assert.Equal((TimeSpan.Zero, Idle), (first, second));
    }

    [Fact]
    public void S9_Four_readers_of_one_shard_end_up_sharing_what_it_gives()
    {
        // The service allows five reads a second in total, and throttles all others.
        var random = new Random(5);
        var readers = Enumerable.Range(0, 4)
            .Select(i => (Pace: PollingPace.Start(TimeSpan.Zero), Next: TimeSpan.FromMilliseconds(i), Reads: 0, Throttled: 0))
            .ToArray();
        var (left, filled) = (5.0, TimeSpan.Zero);
        while (true)
        {
            var i = Array.FindIndex(readers, r => r.Next == readers.Min(x => x.Next));
            var now = readers[i].Next;
            if (now > TimeSpan.FromMinutes(10))
            {
                break;
            }

            left = Math.Min(5, left + ((now - filled).TotalSeconds * 5));
            filled = now;
            var granted = left >= 1;
            left -= granted ? 1 : 0;
            var (pace, pause) = granted
                ? readers[i].Pace.AfterRead(now, 100, 10_000, isBehind: true, Idle)
                : readers[i].Pace.AfterThrottle(now, random.NextDouble());
            var late = now > TimeSpan.FromMinutes(1);
            readers[i] = (pace, now + pause, readers[i].Reads + (granted && late ? 1 : 0), readers[i].Throttled
                + (!granted && late ? 1 : 0));
        }

        var reads = readers.Sum(r => r.Reads);
        Assert.InRange(reads, 0.8 * 5 * 540, 5 * 540); // the available reads are used
        Assert.All(readers, r => Assert.InRange(r.Reads, 0.6 * reads / 4, 1.4 * reads / 4)); // by all readers equally
        Assert.InRange(readers.Sum(r => r.Throttled) / (double)reads, 0, 0.2);
    }

    [Fact]
    public void Throttled_for_its_bytes_a_shard_is_read_at_two_mebibytes_a_second_for_a_while()
    {
        const int bytes = 10 << 20;
        var (pace, _) = PollingPace.Start(TimeSpan.Zero).AfterRead(TimeSpan.Zero, 10_000, bytes, isBehind: true, Idle);
        (pace, var now) = pace.AfterThrottle(TimeSpan.Zero, 1);

        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 40; i++)
        {
            (pace, var pause) = pace.AfterRead(now, 10_000, bytes, isBehind: true, Idle);
            pauses.Add(pause);
            now += pause;
        }

        Assert.All(pauses.Take(32), p => Assert.Equal(TimeSpan.FromSeconds(5), p));
        Assert.True(pauses[^1] < TimeSpan.FromSeconds(1));
    }

    /// <summary>For all responses and durations of calls, there are never more reads than five, plus five per second.</summary>
    [Fact]
    public void Reads_never_exceed_what_the_service_permits() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 500], Gen.Double[0, 1]).Array[1, 200].Sample(answers =>
        {
            var (pace, now) = (PollingPace.Start(TimeSpan.Zero), TimeSpan.Zero);
            var reads = new List<TimeSpan>();
            foreach (var (kind, took, jitter) in answers)
            {
                reads.Add(now);
                now += TimeSpan.FromMilliseconds(took);
                (pace, var pause) = kind switch
                {
                    0 => pace.AfterRead(now, 0, 0 * 1000, isBehind: false, Idle),
                    1 => pace.AfterThrottle(now, jitter),
                    2 => pace.AfterFailure(now, jitter, Idle),
                    3 => pace.AfterRefusedIterator(now, jitter, Idle),
                    _ => pace.AfterRead(now, 10, 10 * 1000, isBehind: true, Idle),
                };
                now += pause;
            }

            for (var first = 0; first < reads.Count; first++)
            {
                for (var last = first; last < reads.Count; last++)
                {
                    if (last - first + 1 > PollingPace.ReadsPerSecond
                        + ((reads[last] - reads[first]).TotalSeconds * PollingPace.ReadsPerSecond)
                        + 0.001)
                    {
                        return false;
                    }
                }
            }

            return true;
        });
}
