// Loaded before kinesalite (node -r): it dies when a client abandons a request, which consumers that stop do as a matter of course.
const broken = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);
process.on('uncaughtException', error => {
  if (!broken.has(error.code) && !/aborted/.test(error.message)) {
    console.error(error);
    process.exit(1);
  }
});
