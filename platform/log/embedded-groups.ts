/** The groups that this process consumes as: a group on a topic belongs to one process at a time. */
import { holdProcessLock, type ProcessLock } from '#platform/sqlite/process-lock.ts';
import type { Writer } from '#platform/sqlite/writer.ts';
import { EmbeddedGroup, type Member } from './embedded-group.ts';
import type { ClaimContext } from './embedded-owned.ts';
import type { Topic } from './embedded-reads.ts';
import { type LogReply, type LogWrite, SMALL_WRITE_BYTES } from './embedded-schema.ts';
import { WrongSetup } from './log.ts';

interface Entry {
  readonly group: Promise<EmbeddedGroup>;
  members: number;
}

export class EmbeddedGroups {
  readonly #directory: string;
  readonly #writer: Writer<LogWrite, LogReply>;
  readonly #contextOf: (topic: Topic, group: string) => ClaimContext;
  readonly #entries = new Map<string, Entry>();
  #lock: ProcessLock | undefined;

  constructor(directory: string, writer: Writer<LogWrite, LogReply>, contextOf: (topic: Topic, group: string) => ClaimContext) {
    this.#directory = directory;
    this.#writer = writer;
    this.#contextOf = contextOf;
  }

  /**
   * Makes `member` a member of the group; returns what ends its membership.
   * @throws WrongSetup naming the process that consumes as the group already
   */
  async join(topic: Topic, group: string, member: Member): Promise<() => Promise<void>> {
    const name = JSON.stringify([topic.name, group]);
    const entry = this.#entries.get(name) ?? { group: this.#take(topic, group), members: 0 };
    this.#entries.set(name, entry);
    entry.members += 1;
    const leave = async () => {
      entry.members -= 1;
      if (entry.members > 0) return;
      this.#entries.delete(name);
      await this.#giveBack(topic, group);
    };
    try {
      const joined = await entry.group;
      joined.join(member);
      return async () => {
        await joined.leave(member);
        await leave();
      };
    } catch (error) {
      await leave();
      throw error;
    }
  }

  /** For when nobody is a member any more. */
  close(): void {
    this.#lock?.release();
  }

  async #take(topic: Topic, group: string): Promise<EmbeddedGroup> {
    this.#lock ??= holdProcessLock(this.#directory);
    const { token } = this.#lock;
    const reply = await this.#writer.send(
      { kind: 'join', group: { topicId: topic.topicId, group }, token, pid: process.pid },
      SMALL_WRITE_BYTES,
    );
    if (reply.kind === 'owned') {
      throw new WrongSetup(
        `process ${reply.pid} consumes ${topic.name} as group ${group} in ${this.#directory} already: stop it first, or choose another data directory (KAISEKI_DATA_DIR)`,
      );
    }
    return new EmbeddedGroup(this.#contextOf(topic, group));
  }

  async #giveBack(topic: Topic, group: string): Promise<void> {
    const token = this.#lock?.token;
    if (token === undefined) return;
    // Unwritten, it does no harm: this process may join again, and others once its lock is released.
    await this.#writer.send({ kind: 'leave', group: { topicId: topic.topicId, group }, token }, SMALL_WRITE_BYTES).catch(() => undefined);
  }
}
