import { readFileSync } from 'node:fs';
import { CancelledError, VisualEchoesError } from '@visual-echoes/core';
import { Command, CommanderError } from 'commander';

/** Each is a file of `commands/` that exports `register(program)`. */
const COMMANDS = ['generate', 'reconstruct', 'train', 'evaluate', 'doctor'];

const EXAMPLES = `
Examples:
  visual-echoes generate seven.png                         a picture becomes a sound: seven.wav, seven.mel.png
  visual-echoes generate seven.wav                         a sound becomes a picture: seven.png
  visual-echoes generate pictures/ --out sounds            a folder; run it again and it goes on where it stopped
  visual-echoes generate --to both --count 8 --label seven pairs of a picture and a sound, from nothing
  visual-echoes doctor                                     which engines work here, and how to get faster ones

Exit codes: 0 all done, 1 something failed, 2 wrong usage, 130 interrupted.
VISUAL_ECHOES_DEBUG=1 shows where an error came from.`;

/** The command line, with those of the commands that `args` may mean; all of them for a help page. */
export async function createProgram(args: readonly string[]): Promise<Command> {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const program = new Command('visual-echoes')
    .description('Pictures become sounds and sounds become pictures.')
    .version(version)
    .helpCommand(false)
    .showHelpAfterError('(add --help for the options and examples)')
    .addHelpText('after', EXAMPLES)
    .exitOverride();
  // Only what is meant is loaded: the training commands alone bring in half of the packages.
  const meant = COMMANDS.filter((name) => args.includes(name));
  for (const name of meant.length > 0 ? meant : COMMANDS) {
    try {
      const { register } = (await import(`./commands/${name}.js`)) as { register(program: Command): void };
      register(program);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const isAbsent = code === 'ERR_MODULE_NOT_FOUND' && message.includes(`${name}.js' imported`);
      if (!isAbsent) throw error;
    }
  }
  for (const command of program.commands) command.exitOverride();
  return program;
}

/** Runs one command line and sets the process's exit code. Errors become one line on stderr. */
export async function run(args: readonly string[]): Promise<void> {
  // A reader that went away (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  try {
    await (await createProgram(args)).parseAsync([...args], { from: 'user' });
  } catch (error) {
    process.exitCode = report(error, args);
  }
}

/** Says what went wrong and returns the exit code for it. */
function report(error: unknown, args: readonly string[]): number {
  if (error instanceof CommanderError) {
    const isHelp = ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(error.code);
    return isHelp && error.exitCode === 0 ? 0 : 2; // commander has said what is wrong
  }
  const { message } = error instanceof Error ? error : { message: String(error) };
  const code = error instanceof VisualEchoesError ? error.code : 'internal';
  const debug = process.env['VISUAL_ECHOES_DEBUG'];
  const hint = code === 'internal' && !debug ? ' (VISUAL_ECHOES_DEBUG=1 shows where)' : '';
  console.error(error instanceof CancelledError ? 'Interrupted.' : `error: ${message}${hint}`);
  if (debug) console.error(error);
  if (args.includes('--json')) console.log(JSON.stringify({ error: { code, message } }));
  return error instanceof CancelledError ? 130 : 1;
}
