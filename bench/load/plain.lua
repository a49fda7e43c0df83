-- GET of the path in the URL, with the one field that HTTP/1.1 asks for.
dofile(os.getenv("BENCH_LOAD") .. "/report.lua")
