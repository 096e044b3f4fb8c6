from parindex_web.command import main

main()
