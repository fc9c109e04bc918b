// Adds to package-lock.json the optional platform packages that a registry without them made `npm install` leave out,
// so that `npm ci` accepts the lock on every platform. Usage: node tools/repo/complete-lock.mjs package-lock.json
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.argv[2] ?? 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
const packages = lock.packages;
const systems = ['darwin', 'linux', 'win32', 'freebsd', 'android', 'openharmony'];
const cpus = ['arm64', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'arm'];

/** Every place from which `at` could resolve `name`, nearest first. */
function placesOf(at, name) {
  const parts = at.split('/node_modules/');
  const parents = parts.map((_, i) => parts.slice(0, i).join('/node_modules/')).filter(Boolean);
  return [`${at}/node_modules/${name}`, ...parents.map((p) => `${p}/node_modules/${name}`), `node_modules/${name}`];
}

let added = 0;
for (const [at, entry] of Object.entries({ ...packages })) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (at === '' || !/^\d/.test(range)) continue; // only exact versions of others, not our own
    if (placesOf(at, name).some((place) => packages[place]?.version === range)) continue;
    const words = name.split(/[-/.]/);
    const os = systems.find((s) => words.includes(s) || (s === 'linux' && words.includes('linuxmusl')));
    const cpu = cpus.find((c) => words.includes(c));
    if (!os || !cpu) continue;
    const key = packages[`node_modules/${name}`] ? `${at}/node_modules/${name}` : `node_modules/${name}`;
    const libc =
      os !== 'linux' ? {} : /musl/.test(name) ? { libc: ['musl'] } : /gnu/.test(name) ? { libc: ['glibc'] } : {};
    packages[key] = { version: range, cpu: [cpu], optional: true, os: [os], ...libc };
    added++;
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync(file, JSON.stringify(lock, null, 2) + '\n');
console.log(`added ${added} platform packages`);
