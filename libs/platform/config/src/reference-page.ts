import { describeKeys, type KeyDescription } from './keys.js';

/** `docs/reference/configuration.md`, generated from the schema. */
export function referencePage(): string {
  const sections = Map.groupBy(describeKeys(), (key) => key.section);
  const parts = [...sections].map(
    ([section, keys]) =>
      `## \`${section}\`\n\n| key | type | default | environment variable | what it does |\n| --- | --- | --- | --- | --- |\n${keys.map(row).join('\n')}\n`,
  );
  return `# Configuration

Generated from the schema by \`npm run reference:configuration\`; a test compares them.

One file, \`deployment.toml\`, in the working folder or named with \`--config\`. Every key can be set by the environment variable in its row, which wins over the file; lists are comma separated there. \`$ref{super_admin.username}\` stands for another key, \`$env{NAME}\` for an environment variable. A start with problems lists all of them, with the line, and exits with code 1.

${parts.join('\n')}`;
}

function row(key: KeyDescription): string {
  const shown = key.defaultText ? `\`${key.defaultText}\`` : '';
  return `| \`${key.name}\` | ${key.type}${key.secret ? ', secret' : ''} | ${shown} | \`${key.variable}\` | ${key.description} |`;
}
