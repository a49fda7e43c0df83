-- GET with BENCH_FIELDS field lines beside Host.
for i = 1, tonumber(os.getenv("BENCH_FIELDS") or "1") do
  wrk.headers[string.format("X-Field-%04d", i)] = "a value of usual length"
end
dofile(os.getenv("BENCH_LOAD") .. "/report.lua")
