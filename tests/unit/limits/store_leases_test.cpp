#include "tollweir/limits/store_leases.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <thread>

namespace tollweir {
namespace {

class StoreLeasesTest : public testing::Test {
protected:
    StoreLeasesTest() {
        auto folder = (std::filesystem::temp_directory_path() / "tollweir-leases-XXXXXX").string();
        options_.data_dir = ::mkdtemp(folder.data());
        store_ = std::move(*StorePool::open(options_));
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!store_->is_reachable() && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    ~StoreLeasesTest() override {
        store_.reset();
        std::filesystem::remove_all(options_.data_dir);
    }

    static LeaseSource::Grants ask(StoreLeases& leases, Picodollars need) {
        LeaseRequest request;
        request.scope = "key:a";
        request.cap = 1000;
        request.need = need;
        std::promise<LeaseSource::Grants> answer;
        leases.exchange({request},
                        [&](LeaseSource::Grants grants) { answer.set_value(std::move(grants)); });
        return answer.get_future().get();
    }

    StoreOptions options_;
    std::unique_ptr<StorePool> store_;
};

TEST_F(StoreLeasesTest, ProcessesShareWhatIsLeftOfACap) {
    StoreLeases first(*store_, "p1");
    StoreLeases second(*store_, "p2");

    const auto one = ask(first, 700);
    const auto two = ask(second, 700);

    ASSERT_TRUE(one && two);
    EXPECT_EQ(one->at(0).granted, 700);
    EXPECT_EQ(two->at(0).granted, 300);
    EXPECT_EQ(two->at(0).leased, PicodollarSum(1000));
}

TEST_F(StoreLeasesTest, AStoreThatIsAwayIsToldToWhoAsks) {
    StoreLeases leases(*store_, "p1");
    store_->stop();

    const auto grants = ask(leases, 1);

    ASSERT_FALSE(grants);
    EXPECT_EQ(grants.error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace tollweir
