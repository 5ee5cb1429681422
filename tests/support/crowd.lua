-- wrk: one kind of request from as many clients as are given, in each language, with each encoding, for each page.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  method, template, clients, body = args[1], args[2], tonumber(args[3]), args[4]
  languages = { "be", "en", "ru" }
  encodings = { "gzip, deflate, br, zstd", "gzip, deflate", "identity" }
  counter = number * 7919
end

function request()
  counter = counter + 1
  local path = template:gsub("LANGUAGE", languages[counter % 3 + 1]):gsub("NUMBER", tostring(2 + counter % 99))
  local headers = {
    ["Host"] = "letter.example",
    ["Accept-Encoding"] = encodings[math.floor(counter / 7) % 3 + 1],
    ["X-Forwarded-For"] = "10.1.0." .. tostring(1 + counter % clients),
  }
  if body then headers["Content-Type"] = "application/x-www-form-urlencoded" end
  return wrk.format(method, path, headers, body)
end
