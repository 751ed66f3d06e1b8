#include "core/tokens/rank_table.hpp"

// Compilers are slow with arrays of megabytes; the assembler copies a file.
#define TOLLWEIR_EMBED(name, file)                              \
    asm(".pushsection .rodata.tollweir_ranks,\"a\",@progbits\n" \
        ".balign 64\n"                                          \
        ".hidden tollweir_" name                                \
        "_ranks\n"                                              \
        ".globl tollweir_" name                                 \
        "_ranks\n"                                              \
        "tollweir_" name                                        \
        "_ranks:\n"                                             \
        ".incbin \"" TOLLWEIR_RANKS_DIR "/" file                \
        "\"\n"                                                  \
        ".popsection\n")

TOLLWEIR_EMBED("o200k", "o200k_base.ranks");
TOLLWEIR_EMBED("cl100k", "cl100k_base.ranks");
TOLLWEIR_EMBED("p50k", "p50k_base.ranks");

extern "C" {
extern const char tollweir_o200k_ranks[] __attribute__((visibility("hidden")));
extern const char tollweir_cl100k_ranks[] __attribute__((visibility("hidden")));
extern const char tollweir_p50k_ranks[] __attribute__((visibility("hidden")));
}

namespace tollweir::tokens {

const char* o200k_ranks() {
    return tollweir_o200k_ranks;
}
const char* cl100k_ranks() {
    return tollweir_cl100k_ranks;
}
const char* p50k_ranks() {
    return tollweir_p50k_ranks;
}

}  // namespace tollweir::tokens
