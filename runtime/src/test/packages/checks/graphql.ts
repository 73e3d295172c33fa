import { buildSchema, graphql } from "graphql";
import { is } from "./is.js";

const schema = buildSchema("type Query { add(a: Int!, b: Int!): Int!, who: [String!]! }");
const rootValue = { add: ({ a, b }: { a: number; b: number }) => a + b, who: async () => ["me"] };
const { data, errors } = await graphql({ schema, source: "{ add(a: 1, b: 2) who }", rootValue });
is([errors, data], [undefined, { add: 3, who: ["me"] }]);
