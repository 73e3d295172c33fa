package dev.runar.internal.boot;

import dev.runar.internal.http.HttpExchange;
import dev.runar.internal.http.HttpRequest;
import dev.runar.internal.http.HttpResponse;
import dev.runar.internal.http.OwnApi;
import dev.runar.internal.metrics.PrometheusPage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * {@code /metrics}: the meters of the node, as Prometheus reads them. Any thread.
 *
 * @param work reads them, which is too much for an event loop
 * @param next what is asked for other paths
 */
record MetricsPage(LatePage page, Executor work, OwnApi next) implements OwnApi {
  private static final Logger LOG = System.getLogger(MetricsPage.class.getName());
  private static final String PATH = "/metrics";

  @Override
  public boolean answers(String path) {
    return path.equals(PATH) || next.answers(path);
  }

  @Override
  public long mostBytes(String path) {
    return next.mostBytes(path);
  }

  @Override
  public List<String> methods(String path) {
    return next.methods(path);
  }

  @Override
  public HttpExchange begin(HttpRequest request, byte[] body) {
    if (!request.path().equals(PATH)) {
      return next.begin(request, body);
    }
    return new Reading(
        request.isRead()
            ? CompletableFuture.supplyAsync(this::answer, work)
            : CompletableFuture.completedFuture(
                HttpResponse.text(405, "only GET and HEAD").with("allow", "GET, HEAD")));
  }

  /** The border where a meter that fails becomes an answer. */
  private HttpResponse answer() {
    try {
      return HttpResponse.of(200, PrometheusPage.TYPE, new HttpResponse.Text(page.text()));
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "the meters could not be read", e);
      return HttpResponse.text(500, "internal error");
    }
  }

  /** It is over in a moment: nothing is given up. */
  private record Reading(CompletableFuture<HttpResponse> response) implements HttpExchange {
    @Override
    public void cancel() {}
  }
}
