// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// The library's ERC-20 with nothing added but a mint for its owner.
contract OpenZeppelinErc20 is ERC20, Ownable {
    constructor() ERC20("OpenZeppelin", "OZ") Ownable(msg.sender) {}

    function mint(address to, uint256 amount) external onlyOwner {
        _mint(to, amount);
    }
}

contract OpenZeppelinErc20Permit is ERC20Permit, Ownable {
    constructor() ERC20("OpenZeppelin", "OZ") ERC20Permit("OpenZeppelin") Ownable(msg.sender) {}

    function mint(address to, uint256 amount) external onlyOwner {
        _mint(to, amount);
    }
}
