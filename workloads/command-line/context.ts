/** What the commands share: settings, clock, log, and how a command ends. */
import type { Logger } from 'pino';
import type { Clock } from '#platform/clock/clock.ts';
import type { Environment } from '#platform/config/environment.ts';
import { withSettingsFile } from '#platform/config/settings-file.ts';
import type { Log } from '#platform/log/log.ts';
import { openLog } from '../adapters.ts';
import { createLogger } from '../logging.ts';
import { loadSettings, type Settings } from '../settings.ts';

export interface CommandContext {
  readonly environment: Environment;
  /** Its settings count where those of the environment do not; it need not exist. */
  readonly settingsFile: string;
  readonly clock: Clock;
  /** Writes to standard output: what the command answers. */
  readonly print: (text: string) => void;
  /** Writes to standard error: why it does not. */
  readonly complain: (text: string) => void;
  /** The exit code of the process when the command has ended without an error. */
  exitCode: number;
}

/** How a command is left that was called in a way that it does not know: exit code 2 and a hint. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The settings of the environment and of the file, and a logger that keeps to them. @throws SettingsMistakes */
export function settingsAndLogger(context: CommandContext): { readonly settings: Settings; readonly logger: Logger } {
  const settings = loadSettings(withSettingsFile(context.settingsFile, context.environment));
  return { settings, logger: createLogger(settings.logLevel) };
}

/** Does something with the configured log, and closes it. */
export async function withLog<T>(context: CommandContext, use: (log: Log, settings: Settings) => Promise<T>): Promise<T> {
  const { settings, logger } = settingsAndLogger(context);
  const log = await openLog(settings, context.clock, logger);
  try {
    return await use(log, settings);
  } finally {
    await log.close();
  }
}
