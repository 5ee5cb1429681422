-- wrk: every request a different envelope, well-formed from outside, with the header given as the first argument (hex).
-- Each comes from a client of its own, as signatures do: X-Forwarded-For names one of the 16 million of 10.0.0.0/8.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  local header = args[1]:gsub("..", function(pair) return string.char(tonumber(pair, 16)) end)
  math.randomseed(os.time() + number)
  local filler = {}
  for i = 1, 4096 - 8 - 12 do filler[i] = string.char(math.random(0, 127)) end
  start, rest, counter = header, table.concat(filler), 0
  salt = string.char(math.random(0, 127), math.random(0, 127), math.random(0, 127), number)
  client = math.random(0, 2 ^ 24 - 1)
  headers = { ["Content-Type"] = "application/octet-stream", ["Host"] = "localhost" }
end

function request()
  counter = counter + 1
  local n, digits = counter, {}
  for i = 1, 8 do digits[i] = string.char(n % 128); n = math.floor(n / 128) end
  client = (client + 1) % 2 ^ 24
  headers["X-Forwarded-For"] = string.format(
    "10.%d.%d.%d", math.floor(client / 65536), math.floor(client / 256) % 256, client % 256)
  return wrk.format("POST", "/envelopes", headers, start .. salt .. table.concat(digits) .. rest)
end

function done(summary, latency)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('{"requests": %d, "seconds": %.3f, "failed": %d, "p50_ms": %.2f, "p99_ms": %.2f}\n',
    summary.requests, summary.duration / 1e6, failed, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
