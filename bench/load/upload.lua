-- POST of BENCH_BYTES bytes (1 MiB) with Content-Length.
wrk.method = "POST"
wrk.body = string.rep("x", tonumber(os.getenv("BENCH_BYTES") or "1048576"))
dofile(os.getenv("BENCH_LOAD") .. "/report.lua")
