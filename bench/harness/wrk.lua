-- What wrk sends: one of the jobs of wrk.ts, read from the file that is wrk's first argument.
--
-- A job has `requests` (whole texts, sent in turn), or `head` and `body` with places that are filled: {n}, {ip}, {token}. With `field`,
-- each answer's JSON gives the token of a later request. Who gives and who takes are any two connections, as with real clients: the tokens
-- stand in a queue, and there are more of them than connections.

local job, sent, tokens, first, last

function init(args)
  job = dofile(args[1])
  sent, tokens, first, last = 0, job.tokens or {}, 1, #(job.tokens or {})
  if job.pause then
    delay = function() return job.pause end
  end
  if job.field then
    local pattern = '"' .. job.field .. '":"([^"]+)"'
    response = function(status, _, body)
      if status ~= 200 then return end
      local token = body:match(pattern)
      if token then
        last = last + 1
        tokens[last] = token
      end
    end
  end
end

local function token()
  local it = tokens[first]
  if it == nil then return 'none' end
  tokens[first] = nil
  first = first + 1
  return it
end

local function fill(text)
  local n = job.from + sent
  text = text:gsub('{n}', tostring(n))
  text = text:gsub('{ip}', '10.' .. math.floor(n / 65536) % 256 .. '.' .. math.floor(n / 256) % 256 .. '.' .. n % 256)
  if text:find('{token}', 1, true) then text = text:gsub('{token}', (token())) end
  return text
end

function request()
  sent = sent + 1
  if job.requests then return job.requests[sent % #job.requests + 1] end
  local variant = job.variants[sent % #job.variants + 1]
  local body = fill(variant.body)
  local length = #body > 0 and ('Content-Length: ' .. #body .. '\r\n') or ''
  return fill(variant.head) .. length .. '\r\n' .. body
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"answers":%d,"refused":%d,"broken":%d,"microseconds":%d,"p50":%d,"p99":%d,"max":%d}\n',
    summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout, summary.duration,
    latency:percentile(50), latency:percentile(99), latency.max))
end
