package dev.runar.internal.script.web;

import java.nio.ByteBuffer;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;

/**
 * Puts the globals of the web into a script context. Owner thread.
 *
 * <p>Each global is an accessor that loads its file on first touch and then becomes a plain data
 * property, so a context pays only for what its script uses. The files reach Java by the functions
 * of {@link #half}; a script reaches none of these.
 */
public final class WebGlobals {
  private final Context context;
  private final WebPlatform platform;
  private final Network network;
  private final ClientSockets sockets;
  private final Cryptography cryptography;

  private WebGlobals(Context context, WebPlatform platform, WebHost host) {
    this.context = context;
    this.platform = platform;
    var operations = new Operations(host);
    var connections = new Connections(host);
    this.network = new Network(platform, host, operations, connections);
    this.sockets = new ClientSockets(platform, host, connections);
    this.cryptography = new Cryptography(operations);
  }

  /**
   * Installs into an entered context in which no script has run yet.
   *
   * @param hooks the object where {@code bootstrap.js} looks before it reports an error
   */
  public static void install(Context context, WebPlatform platform, WebHost host, Value hooks) {
    var globals = new WebGlobals(context, platform, host);
    ProxyExecutable load = arguments -> globals.load(arguments[0].asString());
    ProxyExecutable java = arguments -> globals.half(arguments[0].asString());
    context.eval(platform.source("globals")).executeVoid(load, java, hooks);
  }

  private Value load(String file) {
    return context.eval(platform.source(file));
  }

  /** What a file needs of Java. */
  private ProxyExecutable half(String name) {
    return switch (name) {
      case "processors" -> arguments -> Runtime.getRuntime().availableProcessors();
      case "compress" -> arguments -> new Compression(arguments[0].asString());
      case "decompress" -> arguments -> new Decompression(arguments[0].asString());
      case "random" -> arguments -> ByteBuffer.wrap(cryptography.random(arguments[0].asInt()));
      case "crypto" ->
          arguments -> {
            cryptography.compute(arguments);
            return null;
          };
      case "refusal" -> network::refusal;
      case "send" -> network::send;
      case "socket" -> sockets::connect;
      default -> throw new IllegalArgumentException("no such function: " + name);
    };
  }
}
