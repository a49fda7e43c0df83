-- wrk at a pace, with its own accounts: what it sent and what was answered, and not only the latter.
sent, answered, wrong = 0, 0, 0
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function delay()
  return 25
end

function request()
  sent = sent + 1
  return wrk.format("GET", "/")
end

function response(status)
  answered = answered + 1
  if status ~= 200 then wrong = wrong + 1 end
end

function done(summary)
  local thread, errors = threads[1], summary.errors
  print(string.format('{"sent":%d,"answered":%d,"wrong":%d,"connect":%d,"read":%d,"write":%d}', thread:get("sent"),
    thread:get("answered"), thread:get("wrong"), errors.connect, errors.read, errors.write))
end
