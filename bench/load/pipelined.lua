-- BENCH_DEPTH requests leave in one write; wrk counts every answer.
init = function()
  local depth = tonumber(os.getenv("BENCH_DEPTH") or "16")
  local one = wrk.format("GET")
  pipeline = string.rep(one, depth)
end
request = function() return pipeline end
dofile(os.getenv("BENCH_LOAD") .. "/report.lua")
