import { action, defineService } from "runar-ts";

export interface Entry {
  readonly name: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A guestbook that is empty, so that every test can have its own. */
export function makeGuestbook() {
  let entries: readonly Entry[] = [];
  return defineService({
    name: "guestbook",
    path: "guestbook",
    description: "Keeps what visitors write, and tells everybody",
    actions: {
      sign: action({
        description: "Adds an entry and publishes guestbook/signed",
        input: {
          type: "object",
          properties: {
            name: { type: "string", minLength: 1, maxLength: 50 },
            text: { type: "string", minLength: 1, maxLength: 500 },
          },
          required: ["name", "text"],
          additionalProperties: false,
        },
        handler: async ({ name, text }: { name: string; text: string }, ctx) => {
          const entry: Entry = { name, text, at: Date.now() };
          entries = [...entries, entry].slice(-1_000);
          await ctx.publish("signed", entry);
          ctx.logger.info("signed by", name);
          return entry;
        },
      }),
      latest: (count: number) => entries.slice(-count),
    },
    // Under `runar dev` the next version of this file goes on with the same entries.
    state: {
      save: () => entries,
      restore: (saved: readonly Entry[]) => {
        entries = saved;
      },
    },
  });
}
