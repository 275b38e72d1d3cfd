//! Large runtimes and servers, with threads, processes and Unix sockets.
//!
//! What a row prints is the same at each run: counts and sums, no order of threads.

use super::Row;

/// Those that take long, and whose packages are large.
pub(super) const TABLE: &[Row] = &[
    ("large-node-workers", &[&["node", "-e", NODE_WORKERS]]),
    ("large-node-processes", &[&["node", "-e", NODE_PROCESSES]]),
    ("large-node-http", &[&["node", "-e", NODE_HTTP]]),
    ("large-java", &[&["bash", "-c", JAVA]]),
    ("large-go", &[&["bash", "-c", GO]]),
    ("large-redis", &[&["bash", "-c", REDIS]]),
    ("large-python3-multiprocessing", &[&["python3", "-c", PYTHON]]),
];

const NODE_WORKERS: &str = "const { Worker } = require('worker_threads');
const code = `const { workerData, parentPort } = require('worker_threads');
let s = 0; for (let i = 0; i < 1e6; i++) s += i % workerData; parentPort.postMessage(s)`;
Promise.all([3, 5, 7, 11].map(n => new Promise(done => {
  new Worker(code, { eval: true, workerData: n }).on('message', done);
}))).then(sums => { console.log(sums); process.exitCode = 7; });";

const NODE_PROCESSES: &str = "const cp = require('child_process');
console.log(cp.execSync('echo one | tr a-z A-Z').toString());
console.log(cp.spawnSync('cat', { input: 'x'.repeat(300000) }).stdout.length);
const child = cp.spawn('sh', ['-c', 'cat; kill -9 $$']);
let size = 0; child.stdout.on('data', data => size += data.length);
child.on('close', (code, signal) => console.log(code, signal, size));
child.stdin.end(Buffer.alloc(1 << 20));";

const NODE_HTTP: &str = "const http = require('http');
const server = http.createServer((request, answer) => answer.end('at ' + request.url));
server.listen('socket', async () => {
  const get = n => new Promise((done, failed) => http.get({ socketPath: 'socket', path: '/' + n },
    answer => { let text = ''; answer.on('data', d => text += d); answer.on('end', () => done(text)); })
    .on('error', failed));
  const all = await Promise.all([...Array(200).keys()].map(get));
  console.log(all.join(' ')); server.close();
});";

const JAVA: &str = "cat > T.java <<'END'
import java.util.concurrent.*;
public class T {
  static int shared;
  static synchronized void bump() { shared++; }
  public static void main(String[] a) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(16);
    for (int i = 0; i < 200; i++) pool.submit(() -> { for (int j = 0; j < 2000; j++) bump(); });
    pool.shutdown(); pool.awaitTermination(60, TimeUnit.SECONDS); System.out.println(shared);
    Process p = new ProcessBuilder(\"sh\", \"-c\", \"echo child; exit 3\").start();
    System.out.print(new String(p.getInputStream().readAllBytes()));
    System.exit(p.waitFor());
  }
}
END
javac -d classes T.java && java -cp classes T; status=$?; rm -r classes; exit $status";

const GO: &str = "cat > t.go <<'END'
package main
import (\"fmt\"; \"os\"; \"os/exec\"; \"os/signal\"; \"sync\"; \"syscall\"; \"time\")
func main() {
  var wait sync.WaitGroup; results := make(chan int, 100); sum := 0
  for i := 0; i < 10000; i++ {
    wait.Add(1)
    go func(i int) { defer wait.Done(); time.Sleep(time.Duration(i%10) * time.Millisecond); results <- i }(i)
  }
  for i := 0; i < 10000; i++ { sum += <-results }
  wait.Wait(); fmt.Println(sum)
  out, err := exec.Command(\"echo\", \"child\").Output(); fmt.Println(string(out), err)
  signals := make(chan os.Signal, 1); signal.Notify(signals, syscall.SIGUSR1)
  syscall.Kill(syscall.Getpid(), syscall.SIGUSR1); fmt.Println(<-signals); os.Exit(3)
}
END
export GOCACHE=/tmp/cache-$$ GO111MODULE=off HOME=/tmp CGO_ENABLED=0
go build -o t t.go && ./t; status=$?; rm -rf t $GOCACHE; exit $status";

const REDIS: &str = "redis-server --port 0 --unixsocket $PWD/s --appendonly yes --save '' >/tmp/log-$$ 2>&1 &
server=$!; ask() { redis-cli -s s \"$@\"; }
until [ \"$(ask ping 2>&1)\" = PONG ]; do sleep 0.05; done
seq 5000 | sed 's/.*/set k& v&/' | redis-cli -s s --pipe | tail -1
redis-benchmark -s s -n 2000 -c 20 -q -t get >/tmp/log-$$ && echo measured
ask bgsave; while ask info persistence | grep -q rdb_bgsave_in_progress:1; do sleep 0.05; done
ask info persistence | grep rdb_last_bgsave_status
ask dbsize; ask get k77; ask shutdown nosave; wait $server; echo $?; rm -rf dump.rdb appendonlydir /tmp/log-$$";

const PYTHON: &str = "import multiprocessing, threading
counter = [0]; lock = threading.Lock()
def count():
    for _ in range(1000):
        with lock: counter[0] += 1
threads = [threading.Thread(target=count) for _ in range(20)]
[t.start() for t in threads]; [t.join() for t in threads]; print(counter)
fork = multiprocessing.get_context('fork'); value = fork.Value('i', 0)
def add():
    for _ in range(100):
        with value.get_lock(): value.value += 1
children = [fork.Process(target=add) for _ in range(4)]
[c.start() for c in children]; [c.join() for c in children]; print(value.value)
with fork.Pool(3) as pool: print(sum(pool.map(abs, range(1000))))
with fork.Manager() as manager: print(list(manager.list([1, 2])))";
