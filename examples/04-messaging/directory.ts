import type { Node } from "runar-ts";

/** Who is in which conversation. A service with a database asks that here. */
export interface Directory {
  add(conversation: string, user: string): Promise<void>;
  isMember(conversation: string, user: string): Promise<boolean>;
  membersOf(conversation: string): Promise<string[]>;
  conversationsOf(user: string): Promise<string[]>;
}

const SEAT = "member";

/**
 * Keeps members without a database: who has joined a group of offline queues has joined it for
 * good, also when the node was killed. No message is ever published to these groups.
 */
export class QueueDirectory implements Directory {
  readonly #node: Node;

  constructor(node: Node) {
    this.#node = node;
  }

  async add(conversation: string, user: string): Promise<void> {
    await this.#node.broker.offline(`members-of/${conversation}`).client(user, SEAT).join();
    await this.#node.broker.offline(`conversations-of/${user}`).client(conversation, SEAT).join();
  }

  async isMember(conversation: string, user: string): Promise<boolean> {
    return (await this.membersOf(conversation)).includes(user);
  }

  async membersOf(conversation: string): Promise<string[]> {
    return await this.#users(`members-of/${conversation}`);
  }

  async conversationsOf(user: string): Promise<string[]> {
    return await this.#users(`conversations-of/${user}`);
  }

  async #users(group: string): Promise<string[]> {
    const members = await this.#node.broker.offline(group).members();
    return members.map(({ user }) => user).sort();
  }
}
