type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Writes `bytes` and what `read` gives until it gives nothing, each piece once the one before was taken, which is what
 * piping is for: but where Node's coders say how many bytes they want at a time, a pipe hands them as many pieces
 * (16,384, and 65,536 from Node 22 on), and so all of a body to one whose reader has stalled. Never rejects: who reads
 * what becomes of them is told.
 */
export async function feed(
  bytes: Bytes | undefined,
  read: () => Promise<Bytes | undefined>,
  writable: WritableStream<BufferSource>,
): Promise<void> {
  const input = writable.getWriter();
  try {
    for (; bytes; bytes = await read()) await input.write(bytes);
    await input.close();
  } catch (error) {
    input.abort(error).catch(() => {});
  }
}
