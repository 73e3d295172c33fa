import { SignJWT, jwtVerify } from "jose";
import { is } from "./is.js";

const secret = new TextEncoder().encode("a secret of at least thirty-two bytes");
const jwt = await new SignJWT({ role: "admin" })
  .setProtectedHeader({ alg: "HS256" })
  .setSubject("ann")
  .sign(secret);
const { payload } = await jwtVerify(jwt, secret);
is([payload.sub, payload.role], ["ann", "admin"]);
