import { expect, test } from "vitest";
import { NotFoundError } from "../../src/index.js";
import { TestNode } from "../../src/test/index.js";

test("what is published waits for each client until it is acknowledged", async () => {
  const node = new TestNode();
  await node.start();
  const chat = node.broker.offline("room");
  const phone = chat.client("ann", "phone");
  const laptop = chat.client("ann", "laptop");
  expect(await phone.join()).toBe("MEMORY");
  await laptop.join();
  await chat.client("bob", "phone").join();

  const receipt = await chat.publish({ text: "hi" }, { except: "bob" });
  expect(receipt.taken).toEqual([
    { user: "ann", client: "phone" },
    { user: "ann", client: "laptop" },
  ]);
  const { id } = await phone.offer("two");

  const [first, second] = await phone.unacked<{ text: string } | string>();
  expect(first).toMatchObject({ data: { text: "hi" }, deliveries: 1, redelivered: false });
  expect(second?.id).toBe(id);
  expect(await phone.ack(first?.id ?? 0)).toBe("MEMORY");
  expect(await phone.ack(first?.id ?? 0)).toBeNull();
  expect(await phone.nack(id, "busy")).toBe(1);
  expect(await phone.unacked()).toMatchObject([{ id, deliveries: 2, redelivered: true }]);
  expect(await phone.unacked({ after: id })).toEqual([]);
  expect(await laptop.unacked({ limit: 1 })).toHaveLength(1);
  expect(await chat.client("bob", "phone").unacked()).toEqual([]);
});

test("a message that is refused again and again goes, and who has left has nothing", async () => {
  const node = new TestNode();
  await node.start();
  const phone = node.broker.offline("room").client("ann", "phone");
  await phone.join();
  const { id } = await phone.offer(1);
  for (let times = 1; times <= 5; times++) {
    expect(await phone.nack(id)).toBe(times);
  }
  expect(await phone.nack(id)).toBeNull();
  expect(await phone.unacked()).toEqual([]);
  await phone.leave();
  expect(await node.broker.offline("room").members()).toEqual([]);
  await expect(phone.unacked()).rejects.toBeInstanceOf(NotFoundError);
});
