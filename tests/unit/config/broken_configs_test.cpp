#include <filesystem>
#include <fstream>
#include <sstream>

#include "loading.hpp"

namespace tollweir {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = TOLLWEIR_SOURCE_DIR "/tests/golden/broken-configs";

std::string text_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

/// Findings name files with their folder; the golden files do not know where they are.
std::string without_folder(std::string text) {
    const std::string folder = kFolder.string() + '/';
    for (auto at = text.find(folder); at != text.npos; at = text.find(folder))
        text.erase(at, folder.size());
    return text;
}

std::vector<fs::path> broken_files() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(kFolder))
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    return files;
}

class BrokenConfig : public testing::TestWithParam<fs::path> {};

/// Beside each broken file stands what must be said about it, a line each, nothing else.
TEST_P(BrokenConfig, IsExplained) {
    auto expected = GetParam();
    expected.replace_extension(".errors");
    const auto result = load_config(GetParam(), {}, environment_of({}));
    ASSERT_FALSE(result) << "it loads";
    EXPECT_EQ(without_folder(all_text(result.error())), text_of(expected));
}

INSTANTIATE_TEST_SUITE_P(Golden, BrokenConfig, testing::ValuesIn(broken_files()),
                         [](const auto& tested) {
                             std::string name = tested.param.stem().string();
                             for (char& c : name)
                                 if (c == '-') c = '_';
                             return name;
                         });

}  // namespace
}  // namespace tollweir
