using System.Net.Http.Headers;
using Kcl.Kinesis.Formats;

namespace Kcl.Kinesis.Transport;

/// <summary>Reads the body of a response from the connection directly into its buffer.</summary>
internal static class ResponseBodyReader
{
    /// <summary>
    /// The maximum length of a body, in bytes. No valid response is longer: 10 MiB of payload in base64, with 10000 long partition keys.
    /// </summary>
    public const int MaxLength = 64 * 1024 * 1024;

    private const int InitialLength = 16 * 1024;

    /// <summary>Reads a body.</summary>
    /// <param name="content">The response's content.</param>
    /// <param name="pooled">True if the buffer is rented from the pool.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="InvalidDataException">The body is longer than <see cref="MaxLength"/>.</exception>
    public static async ValueTask<ResponseBody> ReadAsync(HttpContent content, bool pooled, CancellationToken cancellationToken)
    {
        var expected = GetLength(content.Headers);
        if (expected == 0)
        {
            return ResponseBody.Rent(0, 0, pooled: false);
        }

        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = stream.ConfigureAwait(false);
        var body = ResponseBody.Rent(expected ?? InitialLength, 0, pooled);
        try
        {
            var filled = 0;
            while (filled != expected)
            {
                if (filled == body.Length)
                {
                    body = Grow(body, pooled);
                }

                var read = await stream.ReadAsync(body.Memory[filled..], cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                filled += read;
            }

            if (filled < expected)
            {
                throw new EndOfStreamException($"The response ended after {filled} of {expected} bytes");
            }

            body.Truncate(filled);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private static int? GetLength(HttpContentHeaders headers) => headers.ContentLength switch
    {
        > MaxLength and var length => throw new InvalidDataException($"it has {length} bytes, more than any valid response"),
        var length => (int?)length,
    };

    private static ResponseBody Grow(ResponseBody body, bool pooled)
    {
        if (body.Length >= MaxLength)
        {
            throw new InvalidDataException($"it has more than {MaxLength} bytes, more than any valid response");
        }

        var larger = ResponseBody.Rent(Math.Min(MaxLength, body.Length * 2), 0, pooled);
        body.Memory.CopyTo(larger.Memory);
        body.Dispose();
        return larger;
    }
}
