-- What wrk sends for scripts/bench, and what it prints in the end. BENCH_REQUESTS: a file of requests as they go over the wire, each after
-- a line with its length. BENCH_PORTS: the nodes, one for each thread.
local ports = {}
local requests, last = {}, 0

for port in os.getenv("BENCH_PORTS"):gmatch("%d+") do
  ports[#ports + 1] = port
end

local threads = 0
function setup(thread)
  threads = threads + 1
  thread.addr = wrk.lookup("127.0.0.1", ports[threads])[1]
end

function init()
  local file = assert(io.open(os.getenv("BENCH_REQUESTS"), "rb"))
  for length in function() return file:read("*l") end do
    requests[#requests + 1] = file:read(tonumber(length))
  end
  file:close()
end

function request()
  last = last % #requests + 1
  return requests[last]
end

-- Requests, failures, microseconds of the whole; then each latency in microseconds, and how many had it.
function done(summary, latency)
  print("sent", summary.requests, summary.errors.status, summary.duration)
  for i = 1, #latency do
    print("latency", latency(i))
  end
end
