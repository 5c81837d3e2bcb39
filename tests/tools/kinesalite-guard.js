// Loaded before kinesalite (node -r), which crashes when a client cancels a request, as consumers do when they stop.
const broken = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);
process.on('uncaughtException', error => {
  if (!broken.has(error.code) && !/aborted/.test(error.message)) {
    console.error(error);
    process.exit(1);
  }
});
