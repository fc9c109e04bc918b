import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { recordChangeSchema, snapshotSchema, type Snapshot } from '../contract/index.js';
import type { DiskCopyPort, NumberedChange } from '../domain/index.js';

const shortestLongJournal = 8 * 1024 * 1024;
const lineSchema = z.object({ seq: z.number().int(), change: recordChangeSchema });

/**
 * The replica's copy in two files of one folder, readable by the owner alone:
 *
 *   snapshot.json    first line: SHA-256 of the rest; the rest: the snapshot
 *   journal.ndjson   per change one line: 32 hex digits of its SHA-256, a space, JSON
 *
 * A snapshot is written beside, synchronised and renamed, so the old or the new one is there, whole. A journal line that
 * was torn by a crash fails its checksum; it and what follows is cut off.
 */
export class DiskCopy implements DiskCopyPort {
  readonly #snapshotFile: string;
  readonly #journalFile: string;
  #journal: FileHandle | null = null;
  #journalBytes = 0;
  #snapshotBytes = 0;

  constructor(private readonly dir: string) {
    this.#snapshotFile = join(dir, 'snapshot.json');
    this.#journalFile = join(dir, 'journal.ndjson');
  }

  get journalIsLong(): boolean {
    return this.#journalBytes > Math.max(shortestLongJournal, this.#snapshotBytes);
  }

  async load(): Promise<{ snapshot: Snapshot; changes: readonly NumberedChange[] } | null> {
    const text = await readIfThere(this.#snapshotFile);
    if (text === null) return null;
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (end !== 64 || text.slice(0, end) !== sha256(body)) throw new Error('The snapshot on disk is damaged.');
    this.#snapshotBytes = Buffer.byteLength(body);
    return { snapshot: snapshotSchema.parse(JSON.parse(body)), changes: await this.#readJournal() };
  }

  async saveSnapshot(snapshot: Snapshot): Promise<void> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    const body = JSON.stringify(snapshot);
    await replaceFile(this.dir, this.#snapshotFile, `${sha256(body)}\n${body}`);
    // A crash here leaves the old journal: its numbers are all within the snapshot, so a reader passes over them.
    await this.#closeJournal();
    await replaceFile(this.dir, this.#journalFile, '');
    this.#snapshotBytes = Buffer.byteLength(body);
    this.#journalBytes = 0;
  }

  async append(changes: readonly NumberedChange[]): Promise<void> {
    const lines = Buffer.from(changes.map((change) => lineOf(JSON.stringify(change))).join(''));
    this.#journal ??= await open(this.#journalFile, 'a', 0o600);
    await this.#journal.appendFile(lines);
    await this.#journal.datasync();
    this.#journalBytes += lines.length;
  }

  async close(): Promise<void> {
    await this.#closeJournal();
  }

  async #readJournal(): Promise<NumberedChange[]> {
    const text = (await readIfThere(this.#journalFile)) ?? '';
    const changes: NumberedChange[] = [];
    let good = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', good)) {
      const line = text.slice(good, end + 1);
      const json = line.slice(33, -1);
      if (line !== lineOf(json)) break;
      changes.push(lineSchema.parse(JSON.parse(json)));
      good = end + 1;
    }
    this.#journalBytes = Buffer.byteLength(text.slice(0, good));
    if (good < text.length) await this.#cutJournal();
    return changes;
  }

  async #cutJournal(): Promise<void> {
    const file = await open(this.#journalFile, 'r+');
    try {
      await file.truncate(this.#journalBytes);
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  async #closeJournal(): Promise<void> {
    const journal = this.#journal;
    this.#journal = null;
    await journal?.close();
  }
}

function lineOf(json: string): string {
  return `${sha256(json).slice(0, 32)} ${json}\n`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function replaceFile(dir: string, file: string, content: string): Promise<void> {
  const beside = `${file}.new`;
  const handle = await open(beside, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
  const folder = await open(dir, 'r'); // the rename itself must survive a power cut
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
