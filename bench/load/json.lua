-- POST of 1,024 bytes of JSON: a few fields of every type and a text that fills it up.
local open = '{"id":4711,"name":"portico","tags":["http","server","socket"],"nested":{"a":1.5,"b":true,"c":null},"text":"'
local close = '"}'
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = open .. string.rep("x", 1024 - #open - #close) .. close
dofile(os.getenv("BENCH_LOAD") .. "/report.lua")
