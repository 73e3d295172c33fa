package dev.runar.internal.server;

import dev.runar.PortChoice;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.stream.ChunkedWriteHandler;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLException;

/**
 * Lets connections in by TLS 1.2 or 1.3, with the JDK's engine. The files are looked at again every
 * few seconds: connections that come later meet what is in them then; a pair that cannot be used
 * leaves the one before in force. Any thread.
 */
final class TlsDoor {
  private static final Logger LOG = System.getLogger(TlsDoor.class.getName());
  private static final int RECORD = 16 << 10;

  private final PortChoice.Tls config;
  private final Duration handshakeTimeout;
  private final Executor work;
  private final LongAdder failures = new LongAdder();
  private final LongAdder plain = new LongAdder();
  private final LongAdder reloads = new LongAdder();
  private final LongAdder reloadFailures = new LongAdder();
  private volatile SslContext context;
  private PemPair.Text text; // guarded by this

  /**
   * Reads the files. Blocks.
   *
   * @param handshakeTimeout how long a client may take to prove what it has to
   * @param work for the arithmetic of handshakes, which is too long for an event loop
   * @throws RunarException {@code CONFIG} when they cannot be used
   */
  TlsDoor(PortChoice.Tls config, Duration handshakeTimeout, Executor work) {
    this.config = config;
    this.handshakeTimeout = handshakeTimeout;
    this.work = work;
    this.text = PemPair.text(config);
    this.context = context(text);
  }

  private SslContext context(PemPair.Text pem) {
    PemPair pair = PemPair.parse(pem, config);
    try {
      pair.chain().getFirst().checkValidity();
    } catch (CertificateException e) {
      LOG.log(
          Level.WARNING,
          "the certificate is not valid now file=" + config.certificate() + " why=" + e);
    }
    try {
      return SslContextBuilder.forServer(pair.key(), pair.chain())
          .sslProvider(SslProvider.JDK)
          .protocols("TLSv1.3", "TLSv1.2")
          .build();
    } catch (SSLException e) {
      throw new RunarException(Code.CONFIG, "server.tls: the pair cannot be used: " + e, e);
    }
  }

  /** Looks whether the files have changed. Blocks. */
  synchronized void look() {
    try {
      PemPair.Text now = PemPair.text(config);
      if (now.equals(text)) {
        return;
      }
      text = now; // what cannot be used is told once
      context = context(now);
      reloads.increment();
      LOG.log(Level.INFO, "took a new certificate file=" + config.certificate());
    } catch (RunarException e) {
      reloadFailures.increment();
      LOG.log(Level.WARNING, "kept the certificate that is in force, as the new one is none: " + e);
    }
  }

  /** Puts TLS in front of a new connection. Event loop. */
  void guard(Channel channel) {
    channel.pipeline().addLast(new TlsFirstByte(this));
  }

  SslHandler handler(Channel channel) {
    SslHandler handler = context.newHandler(channel.alloc(), work);
    handler.setHandshakeTimeout(handshakeTimeout.toMillis(), TimeUnit.MILLISECONDS);
    handler.setCloseNotifyFlushTimeout(Loop.LINGER_NANOS, TimeUnit.NANOSECONDS);
    handler.setWrapDataSize(RECORD);
    return handler;
  }

  static ChunkedWriteHandler files() {
    return new ChunkedWriteHandler();
  }

  /** A client spoke plain HTTP. */
  void countPlain() {
    plain.increment();
  }

  /** A handshake came to nothing. */
  void countFailure() {
    failures.increment();
  }

  Map<String, Long> counts() {
    return Map.of(
        "handshakeFailures", failures.sum(),
        "plainConnections", plain.sum(),
        "reloads", reloads.sum(),
        "reloadFailures", reloadFailures.sum());
  }
}
