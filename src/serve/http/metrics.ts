import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What is counted of every service, for Prometheus. No label takes a value that somebody outside chooses. */
export class HttpMetrics {
  readonly registry = new Registry();
  readonly #requests: Counter;
  readonly #seconds: Histogram;

  /** `connections`: those that are open now. */
  constructor(connections: () => number) {
    const registers = [this.registry];
    this.#requests = new Counter({
      name: 'mediactl_http_requests_total',
      help: 'Requests answered, by route and status.',
      labelNames: ['route', 'status'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'mediactl_http_request_seconds',
      help: 'From the headers of a request to the end of its answer.',
      labelNames: ['route'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    });
    new Gauge({
      name: 'mediactl_http_connections',
      help: 'Connections that are open.',
      registers,
      collect() {
        this.set(connections());
      },
    });
    new Gauge({
      name: 'process_resident_memory_bytes',
      help: 'Resident memory size in bytes.',
      registers,
      collect() {
        this.set(process.memoryUsage.rss());
      },
    });
  }

  /** `route`: one that the service has, or "other". */
  answered(route: string, status: number, seconds: number): void {
    this.#requests.inc({ route, status });
    this.#seconds.observe({ route }, seconds);
  }
}
