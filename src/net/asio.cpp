// Asio is compiled here, once (BOOST_ASIO_SEPARATE_COMPILATION).
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wconversion"
#pragma clang diagnostic ignored "-Wshadow"
#include <boost/asio/impl/src.hpp>
#pragma clang diagnostic pop
