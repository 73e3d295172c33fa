import type { EventEmitter } from "node:events";

export interface Order {
  readonly id: number;
  readonly customer: string;
  readonly item: string;
}

export class Shop extends EventEmitter<{ placed: [Order] }> {
  about: () => Promise<Record<string, unknown>>;
  open(port: number): Promise<string>;
  close(): void;
  ready(id: number): boolean;
  remark(who: string, text: string): void;
}
