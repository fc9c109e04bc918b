// Writes docs/reference/configuration.md. Usage: npm run reference:configuration
import { mkdirSync, writeFileSync } from 'node:fs';
import { referencePage } from './reference-page.js';

mkdirSync('docs/reference', { recursive: true });
writeFileSync('docs/reference/configuration.md', referencePage());
