/** What a client may send; anything else is answered with an error frame. */
export type Inbound =
  | { readonly type: "Typing"; readonly conversation_id: string; readonly user_id: string }
  | { readonly type: "Ack"; readonly msg: number }
  | { readonly type: "GetUnacked" };

/** What a client is sent. */
export type Outbound =
  | {
      readonly type: "Message";
      /** For `Ack`: of this client alone. */
      readonly msg: number;
      /** The same for everybody: who gets it twice knows it by this. */
      readonly id: string;
      readonly conversation_id: string;
      readonly from: string;
      readonly text: string;
      readonly sent_at: number;
      readonly redelivered: boolean;
    }
  /** It cannot be read any more: all that is left to do is to acknowledge it. */
  | { readonly type: "Damaged"; readonly msg: number }
  | { readonly type: "Unacked"; readonly given: number }
  | { readonly type: "Acked"; readonly msg: number; readonly level: string | null }
  | { readonly type: "Seen"; readonly id: string; readonly user_id: string }
  | { readonly type: "TypingStarted"; readonly conversation_id: string; readonly user_id: string }
  | {
      readonly type: "Error";
      readonly code: "BINARY" | "MALFORMED" | "UNKNOWN" | "INVALID" | "BUSY" | "FAILED";
      readonly message: string;
    };

export const NAME = { type: "string", pattern: "^[a-z0-9][a-z0-9-]{0,63}$" };

/** The actions that handle them; the node checks their schemas before the script is called. */
export const HANDLERS: Readonly<Record<Inbound["type"], "typing" | "ack" | "getUnacked">> = {
  Typing: "typing",
  Ack: "ack",
  GetUnacked: "getUnacked",
};

/** The schema of a frame, with the session that it came from. */
export function frame(type: Inbound["type"], properties: Readonly<Record<string, object>> = {}) {
  const all = { type: { const: type }, session: { type: "string" }, ...properties };
  return {
    type: "object",
    properties: all,
    required: Object.keys(all),
    additionalProperties: false,
  };
}
