import { spawn } from 'node:child_process';

/** Commands of a page's `console` blocks, each with what it printed. */
interface Example {
  readonly command: string;
  readonly printed: string;
}

const block = /^```console\n([\s\S]*?)^```$/gm;

function examplesOf(body: string): Example[] {
  return body
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const end = text.indexOf('\n');
      return { command: text.slice(0, end), printed: text.slice(end + 1) };
    });
}

/**
 * Runs all commands of a page one after the other in one shell.
 * @returns the page with what they print now; where that differs in times, secrets and versions alone, as it was
 */
export async function runExamples(
  page: string,
  environment: Record<string, string>,
  cwd: string,
): Promise<string> {
  const examples = [...page.matchAll(block)].flatMap(([, body = '']) => examplesOf(body));
  const mark = '=== end of an example ===';
  const script = examples.map(({ command }) => `${command}\nprintf '\\n%s\\n' '${mark}'`).join('\n');
  const output = await shell(script, environment, cwd);
  const printed = output.split(`\n${mark}\n`);
  let at = 0;
  return page.replaceAll(block, (_, body: string) => {
    const now = examplesOf(body).map((example) => ({ ...example, printed: ended(printed[at++] ?? '') }));
    const before = examplesOf(body);
    const lines = now.map(({ command, printed: text }, index) => {
      const was = before[index]?.printed ?? '';
      return `$ ${command}\n${blurred(was) === blurred(text) ? was : text}`;
    });
    return `\`\`\`console\n${lines.join('')}\`\`\``;
  });
}

/** With one newline at its end, unless it is empty. */
const ended = (text: string): string => {
  const plain = text.replaceAll('\r', '').replace(/\n+$/, '');
  return plain === '' ? '' : `${plain}\n`;
};

/** Without what is another one at each run. */
const blurred = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?Z)?/g, '<time>')
    .replaceAll(/"[\w-]{22}"/g, '<version>')
    .replaceAll(/\b(sp|spl|spc|shr)_[\w-]{32,}/g, '$1_<secret>');

function shell(script: string, environment: Record<string, string>, cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: cwd, ...environment };
    const child = spawn('bash', ['-s'], { env, cwd });
    let text = '';
    const take = (chunk: Buffer) => {
      text += chunk.toString();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject).on('close', () => resolve(text));
    child.stdin.end(`${script}\n`);
  });
}
