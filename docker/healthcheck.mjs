// HEALTHCHECK of the images: exit code 0 when this process may get traffic. It asks the plain management port, which
// listens on loopback inside the container. A deployment.toml that moves that port says so in HEALTH_URL.
const port =
  Number(process.env.TOLLGATE_MANAGEMENT__HTTP_PORT ?? 9763) + Number(process.env.TOLLGATE_SERVER__OFFSET ?? 0);
const url = process.env.HEALTH_URL ?? `http://127.0.0.1:${port}/readyz`;
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(4000) });
  if (!answer.ok) console.error(`${url} answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  console.error(`${url} does not answer: ${error.cause?.message ?? error.message}`);
  process.exitCode = 1;
}
