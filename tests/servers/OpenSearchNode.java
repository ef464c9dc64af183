import java.nio.file.Path;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/** One OpenSearch node in DIR, with NAME=VALUE settings, until it is ended. */
public class OpenSearchNode {
    public static void main(String[] arguments) throws InterruptedException {
        Path dir = Path.of(arguments[0]);
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.onBuild((number, settings) -> {
            settings.put("path.repo", dir.resolve("repository").toString());
            settings.put("network.host", "127.0.0.1");
            settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
            settings.put("transport.port", 0);
            for (int at = 1; at < arguments.length; ++at) {
                String[] pair = arguments[at].split("=", 2);
                settings.put(pair[0], pair[1]);
            }
        });
        runner.build(OpenSearchRunner.newConfigs().basePath(dir.resolve("node").toString()).numOfNode(1).clusterName("streamgauge-test"));
        Thread.currentThread().join();
    }
}
