interface Pair {
  a: number;
  b: string;
}

export async function sum(a: number, b: string): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return parsed({ a, b });
}

async function parsed(pair: Pair): Promise<number> {
  if (pair.b === "x") {
    throw new TypeError(`b must be a number, not "${pair.b}"`);
  }
  return pair.a + Number(pair.b);
}
