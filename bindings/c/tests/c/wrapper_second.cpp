// A second file with the same header, so that a definition that is not inline fails to link.
#include <clientela.hpp>

std::string second_file();
std::string second_file()
{
    return clientela::Money(9850050, 2, "EUR").text();
}
