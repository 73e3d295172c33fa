// The app that was there before: a shop on Express that takes orders and shows them. It knows
// nothing of Runar.
import { EventEmitter } from "node:events";
import { fileURLToPath } from "node:url";
import express from "express";

const KEPT = 200; // orders, and remarks on them
const PAGES = fileURLToPath(new URL("pages", import.meta.url));

/** Emits `placed` with each order. */
export class Shop extends EventEmitter {
  #orders = [];
  #news = [];
  #pages = new Set();
  #last = 0;
  #server;

  /** Who asks for more than this shows beside the orders. */
  about = async () => ({});

  async open(port) {
    const app = express();
    app.use(express.json({ limit: "10kb" }));
    app.use(express.static(PAGES));
    app.get("/orders", (_request, response) => response.json(this.#orders));
    app.post("/orders", (request, response) => {
      const { customer, item } = request.body ?? {};
      const isText = [customer, item].every((it) => typeof it === "string" && /\S/.test(it));
      if (!isText || customer.length > 40 || item.length > 100) {
        return response.status(400).json({ message: "an order has a customer and an item" });
      }
      response.status(201).json(this.#place(customer.trim(), item.trim()));
    });
    app.get("/about", async (_request, response) => response.json(await this.about()));
    app.get("/live", (_request, response) => this.#follow(response));
    await new Promise((resolve, reject) => {
      this.#server = app.listen(port, "127.0.0.1", (error) => (error ? reject(error) : resolve()));
    });
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  close() {
    this.#server?.close();
    for (const page of this.#pages) page.end();
  }

  /** Marks an order as ready; whether there is such an order, and it was not ready before. */
  ready(id) {
    const order = this.#orders.find((one) => one.id === id);
    if (order === undefined || order.isReady) return false;
    order.isReady = true;
    this.#tell("order", order);
    return true;
  }

  /** Shows a line below the orders. */
  remark(who, text) {
    this.#news = [...this.#news, { who, text }].slice(-KEPT);
    this.#tell("remark", this.#news.at(-1));
  }

  #place(customer, item) {
    const order = { id: ++this.#last, customer, item, isReady: false };
    this.#orders = [...this.#orders, order].slice(-KEPT);
    this.#tell("order", order);
    this.emit("placed", order);
    return order;
  }

  #follow(response) {
    response.set({ "content-type": "text/event-stream", "cache-control": "no-store" });
    for (const order of this.#orders) response.write(said("order", order));
    for (const remark of this.#news) response.write(said("remark", remark));
    this.#pages.add(response);
    response.on("close", () => this.#pages.delete(response));
  }

  #tell(what, data) {
    for (const page of this.#pages) page.write(said(what, data));
  }
}

function said(what, data) {
  return `event: ${what}\ndata: ${JSON.stringify(data)}\n\n`;
}
