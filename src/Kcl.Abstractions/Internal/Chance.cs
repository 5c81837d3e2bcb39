namespace Kcl.Internal;

/// <summary>A source of random values that several threads can share.</summary>
/// <param name="random">The generator. Every use is locked, because a <see cref="Random"/> is not thread-safe.</param>
internal sealed class Chance(Random random)
{
    /// <summary>Returns a number that is at least 0 and less than 1.</summary>
    public double NextDouble()
    {
        lock (random)
        {
            return random.NextDouble();
        }
    }

    /// <summary>Returns a nonnegative integer.</summary>
    public long NextInt64()
    {
        lock (random)
        {
            return random.NextInt64();
        }
    }

    /// <summary>Fills a buffer with random bytes.</summary>
    /// <param name="buffer">The buffer.</param>
    public void NextBytes(Span<byte> buffer)
    {
        lock (random)
        {
            random.NextBytes(buffer);
        }
    }

    /// <summary>Returns a duration near another, so that workers that started together drift apart.</summary>
    /// <param name="value">The middle of the range.</param>
    /// <param name="fraction">The maximum deviation in either direction, as a fraction: 0.1 means 10 percent.</param>
    public TimeSpan Around(TimeSpan value, double fraction) => value * (1 - fraction + (2 * fraction * NextDouble()));

    /// <summary>Returns a duration that is at least zero and less than a limit.</summary>
    /// <param name="limit">The limit.</param>
    public TimeSpan Jitter(TimeSpan limit) => limit * NextDouble();

    /// <summary>Creates another generator, for a component that requires a <see cref="Random"/>.</summary>
    public Random Fork()
    {
        lock (random)
        {
#pragma warning disable RS0030 // Seeded from the injected source.
            return new Random(random.Next());
#pragma warning restore RS0030
        }
    }
}
