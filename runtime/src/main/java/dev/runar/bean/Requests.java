package dev.runar.bean;

import dev.runar.Node;
import dev.runar.NodeContext;
import dev.runar.Payload;
import dev.runar.Payload.TypeOf;
import dev.runar.RequestOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** How a client reaches its service: as a program, or as part of what a handler does. */
sealed interface Requests {
  <T> CompletableFuture<T> request(
      String path, Payload input, TypeOf<T> result, RequestOptions options);

  /** With items beside the input. */
  <T> CompletableFuture<T> request(
      String path,
      Payload input,
      TypeOf<T> result,
      RequestOptions options,
      Flow.Publisher<Payload> items);

  Flow.Publisher<Payload> stream(String path, Payload input, RequestOptions options);

  /** With items beside the input. */
  Flow.Publisher<Payload> stream(
      String path, Payload input, RequestOptions options, Flow.Publisher<Payload> items);

  /** Of a program. */
  record OfNode(Node node) implements Requests {
    @Override
    public <T> CompletableFuture<T> request(
        String path, Payload input, TypeOf<T> result, RequestOptions options) {
      return node.request(path, input, result, options);
    }

    @Override
    public <T> CompletableFuture<T> request(
        String path,
        Payload input,
        TypeOf<T> result,
        RequestOptions options,
        Flow.Publisher<Payload> items) {
      return node.request(path, input, result, options, items);
    }

    @Override
    public Flow.Publisher<Payload> stream(String path, Payload input, RequestOptions options) {
      return node.stream(path, input, options);
    }

    @Override
    public Flow.Publisher<Payload> stream(
        String path, Payload input, RequestOptions options, Flow.Publisher<Payload> items) {
      return node.stream(path, input, options, items);
    }
  }

  /** Of a handler. */
  record OfContext(NodeContext context) implements Requests {
    @Override
    public <T> CompletableFuture<T> request(
        String path, Payload input, TypeOf<T> result, RequestOptions options) {
      return context.request(path, input, result, options);
    }

    @Override
    public <T> CompletableFuture<T> request(
        String path,
        Payload input,
        TypeOf<T> result,
        RequestOptions options,
        Flow.Publisher<Payload> items) {
      return context.request(path, input, result, options, items);
    }

    @Override
    public Flow.Publisher<Payload> stream(String path, Payload input, RequestOptions options) {
      return context.stream(path, input, options);
    }

    @Override
    public Flow.Publisher<Payload> stream(
        String path, Payload input, RequestOptions options, Flow.Publisher<Payload> items) {
      return context.stream(path, input, options, items);
    }
  }
}
